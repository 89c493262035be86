import { SluiceError } from '../../../lib/errors/index.js';
import type { BootstrapList } from './settings.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** As it is written in options and messages: IPv6 addresses have brackets. */
export const addressName = ({ host, port }: Address): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

const pattern = /^(?:[A-Z_0-9]+:\/\/)?(?:\[([0-9a-fA-F:.]+(?:%[\w.-]+)?)\]|([^:[\]/\s]+)):(\d{1,5})$/;

export const isBootstrapList = (value: unknown): value is BootstrapList =>
  typeof value === 'string' || (Array.isArray(value) && value.every((text) => typeof text === 'string'));

/** The addresses of a comma-separated text or a list. Throws INVALID_OPTION. */
export function addressesOf(list: BootstrapList): Address[] {
  if (!isBootstrapList(list)) throw wrong("bootstrapServers must be 'host:port', or a list of such.");
  const texts = (typeof list === 'string' ? [list] : list).flatMap((text) => text.split(','));
  const out = texts.map((text) => text.trim()).filter((text) => text !== '');
  if (out.length === 0) throw wrong('bootstrapServers names no broker.');
  return out.map((text) => {
    const [, six, name, digits] = pattern.exec(text) ?? [];
    const port = Number(digits);
    if (digits === undefined || port < 1 || port > 65_535) {
      throw wrong(`bootstrapServers: '${text}' is no address 'host:port' (IPv6: '[::1]:9092').`);
    }
    return { host: six ?? name!, port };
  });
}

const wrong = (message: string): SluiceError =>
  new SluiceError('INVALID_OPTION', message, { details: { option: 'bootstrapServers' } });
