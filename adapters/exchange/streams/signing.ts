import { createHmac, createPrivateKey, sign } from 'node:crypto';

/**
 * Parameters of a signed websocket-API request: their alphabetical query string is signed with the key's own kind of
 * secret (HMAC-SHA256 for a plain secret; a PEM private key is Ed25519 or RSA).
 */
export function signedParams(
  key: { apiKey: string; secret: string },
  params: Record<string, string | number>,
): Record<string, string | number> {
  const all = { ...params, apiKey: key.apiKey };
  const payload = Object.entries(all)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  return { ...all, signature: signatureOf(payload, key.secret) };
}

function signatureOf(payload: string, secret: string): string {
  if (!secret.includes('PRIVATE KEY')) return createHmac('sha256', secret).update(payload).digest('hex');
  const key = createPrivateKey(secret);
  const algorithm = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  return sign(algorithm, Buffer.from(payload), key).toString('base64');
}
