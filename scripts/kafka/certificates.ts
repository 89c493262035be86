import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** PEM files, which Kafka and Node both read as they are. */
export interface Certificates {
  /** Who signed all of them but `stranger`. */
  readonly authority: string;
  /** An authority that nobody trusts. */
  readonly stranger: string;
  /** Key and certificates of the brokers, for localhost and 127.0.0.1. */
  readonly broker: string;
  /** The same for a host of another name. */
  readonly otherHost: string;
  /** Key and certificate of a client. */
  readonly clientKey: string;
  readonly client: string;
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Where the certificates of a cluster are, in `dir`. */
export function certificatesIn(dir: string): Certificates {
  const file = (name: string): string => join(dir, `${name}.pem`);
  return {
    authority: file('authority'),
    stranger: file('stranger'),
    broker: file('broker-all'),
    otherHost: file('other-host-all'),
    clientKey: join(dir, 'client.key'),
    client: file('client'),
  };
}

/** Makes them by `openssl`, good for ten years; none has a password. */
export function makeCertificates(dir: string): Certificates {
  mkdirSync(dir, { recursive: true });
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
  };
  const read = (name: string): string => readFileSync(join(dir, name), 'utf8');
  const authority = (name: string): void => {
    const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=Sluice ${name}`];
    openssl('req', '-x509', ...newKey, '-days', '3650', ...files, '-addext', 'basicConstraints=critical,CA:TRUE');
  };
  const signed = (name: string, commonName: string, extensions: string): void => {
    openssl('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${commonName}`);
    writeFileSync(join(dir, `${name}.ext`), extensions);
    const by = ['-CA', 'authority.pem', '-CAkey', 'authority.key', '-CAcreateserial', '-days', '3650'];
    openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-out', `${name}.pem`, '-extfile', `${name}.ext`);
    // A broker wants key and chain in one file.
    writeFileSync(join(dir, `${name}-all.pem`), [`${name}.key`, `${name}.pem`, 'authority.pem'].map(read).join(''));
  };
  authority('authority');
  authority('stranger');
  signed('broker', 'localhost', 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n');
  signed('other-host', 'kafka.example', 'subjectAltName=DNS:kafka.example\nextendedKeyUsage=serverAuth\n');
  signed('client', 'alice', 'extendedKeyUsage=clientAuth\n');
  return certificatesIn(dir);
}
