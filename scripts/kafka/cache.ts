import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** The version of Apache Kafka that is run. */
export const kafkaVersion = '4.3.1';

/** Where what is fetched or made once is kept: `SLUICE_KAFKA_CACHE`, or `sluice/kafka` where caches are. */
export function cacheDir(): string {
  const caches = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return process.env.SLUICE_KAFKA_CACHE ?? join(caches, 'sluice', 'kafka');
}

/** What is run of Apache Kafka: the broker, the tools of its command line, Kafka Streams. */
export type KafkaArtifact = 'kafka_2.13' | 'kafka-tools' | 'kafka-streams';

/** The directory with the jars of an artifact; Maven fetches them (the broker's are 45 MB) the first time. */
export function jars(artifact: KafkaArtifact = 'kafka_2.13'): Promise<string> {
  return once(join(cacheDir(), kafkaVersion, artifact), async (dir) => {
    const pom = join(dirname(fileURLToPath(import.meta.url)), 'pom.xml');
    const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
    const settings = [`-Dkafka.version=${kafkaVersion}`, `-Dkafka.artifact=${artifact}`, '-DincludeScope=runtime'];
    await run('mvn', ['-q', '-B', '-f', pom, ...settings, `-DoutputDirectory=${dir}`, plugin]);
  });
}

/**
 * A data directory as a new node wants it, to be copied: formatting one takes a JVM a second. `name` tells it from
 * those of other nodes; `args` gives what the tool is told about a node whose data is in the directory.
 */
export function formatted(name: string, clusterId: string, args: (dir: string) => string[]): Promise<string> {
  return once(join(cacheDir(), kafkaVersion, name), async (dir) => {
    const jvm = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', join(await jars(), '*')];
    await run('java', [...jvm, 'kafka.tools.StorageTool', 'format', '-t', clusterId, ...args(dir)]);
  });
}

async function run(program: string, args: readonly string[]): Promise<void> {
  try {
    await execute(program, args);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error(`There is no '${program}' on this machine. A broker takes Java 17 and Maven.`, { cause: error });
  }
}

/** `dir`, made by `make` if it is not there. It appears when it is whole, whoever else makes it meanwhile. */
export async function once(dir: string, make: (dir: string) => Promise<void>): Promise<string> {
  if (existsSync(dir)) return dir;
  mkdirSync(dirname(dir), { recursive: true });
  const unfinished = mkdtempSync(`${dir}-`);
  try {
    await make(unfinished);
    renameSync(unfinished, dir);
  } catch (error) {
    if (!existsSync(dir)) throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return dir;
}
