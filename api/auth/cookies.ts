/** The dashboard's cookies: the session's, which no script reads, and the CSRF token's, which our own script sends back. */
import type { CookieOptions, Request, Response } from 'express';

export interface CookieNames {
  session: string;
  csrf: string;
  options: CookieOptions;
}

/** @param secure whether users come over https: then the names carry the prefix that pins them to this host */
export function cookieNames(secure: boolean): CookieNames {
  const prefix = secure ? '__Host-' : '';
  return {
    session: `${prefix}session`,
    csrf: `${prefix}csrf`,
    options: { sameSite: 'strict', secure, path: '/' },
  };
}

export function setCookies(response: Response, names: CookieNames, token: string, csrf: string, expires: Date): void {
  response.cookie(names.session, token, { ...names.options, httpOnly: true, expires });
  response.cookie(names.csrf, csrf, { ...names.options, httpOnly: false, expires });
}

export function clearCookies(response: Response, names: CookieNames): void {
  response.clearCookie(names.session, { ...names.options, httpOnly: true });
  response.clearCookie(names.csrf, names.options);
}

export function readCookie(request: Request, name: string): string | null {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [key, ...rest] = part.trim().split('=');
    if (key !== name) continue;
    try {
      return decodeURIComponent(rest.join('='));
    } catch {
      return null;
    }
  }
  return null;
}
