export * from '../../launcher/temporary-folder.js';
