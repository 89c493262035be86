import type { ConnectionOptions as TlsOptions } from 'node:tls';
import type { IsolationLevel } from './contract.js';

/** A text, or a function that gives it whenever a connection is made. */
export type Secret = string | (() => string | Promise<string>);

export type SaslMechanism = 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';

/** What OAUTHBEARER tells the broker. */
export interface OAuthToken {
  readonly value: string;
  readonly extensions?: Readonly<Record<string, string>>;
}

/** How a client makes itself known. */
export type SaslOptions =
  | { readonly mechanism: SaslMechanism; readonly username: Secret; readonly password: Secret }
  | { readonly mechanism: 'OAUTHBEARER'; readonly oauthBearerProvider: () => OAuthToken | Promise<OAuthToken> };

/** The same as the code gets it. */
export interface Credentials {
  readonly mechanism: SaslOptions['mechanism'];
  readonly secrets: () => Promise<object>;
}

/** Settings of the client as the code gets them. Times are in milliseconds. What is secret is a function, which no printing shows. */
export interface ClientSettings {
  readonly clientId: string;
  readonly tls: (() => TlsOptions) | undefined;
  readonly sasl: Credentials | undefined;
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
  readonly connectTimeout: number;
  readonly connectionsMaxIdle: number;
  readonly metadataMaxAge: number;
  readonly fetchMinBytes: number;
  readonly fetchMaxWait: number;
  readonly fetchMaxBytes: number;
  readonly maxPartitionFetchBytes: number;
  readonly isolationLevel: IsolationLevel | undefined;
  readonly groupId: string | undefined;
}

/** Addresses `host:port`, comma-separated or a list; or a function that gives them whenever all known ones fail. */
export type BootstrapServers = string | readonly string[] | (() => BootstrapList | Promise<BootstrapList>);
export type BootstrapList = string | readonly string[];

export interface ConnectionSettings {
  readonly bootstrapServers: BootstrapServers;
  readonly kafka: ClientSettings;
}
