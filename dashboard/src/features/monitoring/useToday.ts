import { useState } from 'react';

/** The last 24 hours as a query; fixed while the page is open, as what follows comes by the stream. */
export function useToday(): { from: string } {
  const [from] = useState(() => new Date(Date.now() - 86_400_000).toISOString());
  return { from };
}
