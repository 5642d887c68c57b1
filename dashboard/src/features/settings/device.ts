const BROWSERS: readonly [RegExp, string][] = [
  [/Edg\/(\d+)/, 'Edge'],
  [/OPR\/(\d+)/, 'Opera'],
  [/SamsungBrowser\/(\d+)/, 'Samsung Internet'],
  [/Whale\/(\d+)/, 'Whale'],
  [/Firefox\/(\d+)/, 'Firefox'],
  [/(?:Headless)?Chrome\/(\d+)/, 'Chrome'],
  [/Version\/(\d+).*Safari/, 'Safari'],
];
const SYSTEMS: readonly [RegExp, string][] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];

/** The browser and system that a User-Agent names; null for what is no browser, as a script. */
export function deviceOf(userAgent: string): { browser: string; system: string } | null {
  const system = SYSTEMS.find(([form]) => form.test(userAgent))?.[1];
  for (const [form, name] of BROWSERS) {
    const version = form.exec(userAgent)?.[1];
    if (version && system) return { browser: `${name} ${version}`, system };
  }
  return null;
}
