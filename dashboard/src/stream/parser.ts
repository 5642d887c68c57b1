/** One server-sent event; `data` is still text. */
export interface ServerEvent {
  id: string | null;
  event: string;
  data: string;
}

/**
 * Reads a text/event-stream as it arrives in pieces of any size. Returns a function to feed; comments only tell that
 * the connection lives. https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function createParser(onEvent: (event: ServerEvent) => void): (text: string) => void {
  let rest = '';
  let event = '';
  let data: string[] = [];
  let id: string | null = null;
  return (text) => {
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) onEvent({ id, event: event || 'message', data: data.join('\n') });
        event = '';
        data = [];
        continue;
      }
      const colon = line.indexOf(':');
      if (colon === 0) continue;
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (field === 'data') data.push(value);
      else if (field === 'event') event = value;
      else if (field === 'id') id = value;
    }
  };
}
