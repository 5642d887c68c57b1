/** Real servers for tests; the fault campaigns use the same. */
export * from '../../launcher/lab.js';
