/** The dashboard's address for a link in a message; undefined where the operator gave none that others could open. */
export function dashboardLink(publicUrl: string | undefined, path = '/'): string | undefined {
  return publicUrl && /^https?:\/\//.test(publicUrl) ? `${publicUrl.replace(/\/+$/, '')}${path}` : undefined;
}
