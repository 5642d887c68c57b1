import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * One page, served by the API from `dist/dashboard`. Nothing is inlined (the Content-Security-Policy allows no inline
 * script and no data: font), nothing comes from another host, and each page of the dashboard is a chunk of its own.
 * `API_URL` lets `npx vite dashboard` forward to a running API while one works on the page.
 */
export default defineConfig({
  plugins: [react()],
  base: '/',
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 700 },
  server: { host: '127.0.0.1', proxy: process.env.API_URL ? { '/api': process.env.API_URL } : undefined },
});
