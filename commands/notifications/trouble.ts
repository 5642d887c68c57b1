/** Receivers that misbehave by a seeded plan, and a record of what each of them took. */
import { hang, json, reset, stallBody, type Answer } from './receivers.js';
import type { NotificationLab } from './lab.js';
import type { Accepted, Outage, Pushed } from './judge.js';

export interface Trouble {
  accepted: Accepted[];
  outages: Outage[];
  /** Ends every outage and starts no more. */
  end(): void;
}

/** @param userOf the user of a bot's or webhook's number */
export function makeTrouble(lab: NotificationLab, random: () => number, userOf: (number: number) => string): Trouble {
  const accepted: Accepted[] = [];
  const outages: Outage[] = [];
  const running = new Map<Pushed, Outage>();
  const timers = new Set<NodeJS.Timeout>();
  let ended = false;
  record();
  for (const channel of ['email', 'discord', 'telegram'] as const) plan(channel);
  return {
    accepted,
    outages,
    end() {
      ended = true;
      for (const timer of timers) clearTimeout(timer);
      for (const channel of running.keys()) well(channel);
    },
  };

  function record(): void {
    lab.mail.onMail = (mail, [to = ''], acknowledged) =>
      void accepted.push({
        channel: 'email',
        userId: to.split('@')[0] ?? '',
        id: String(mail.headers.get('x-notification-id')),
        at: Date.now(),
        acknowledged,
        marked: false,
      });
    for (const channel of ['discord', 'telegram'] as const)
      lab[channel].onAccepted = (request) => void accepted.push(acceptedOf(channel, request, true));
  }

  function acceptedOf(
    channel: 'discord' | 'telegram',
    request: Parameters<Answer>[0],
    acknowledged: boolean,
  ): Accepted {
    const number = Number(/(\d{9})/.exec(request.url)?.[1]) - 100_000_000;
    return { channel, userId: userOf(number), ...markOf(channel, request.body), at: Date.now(), acknowledged };
  }

  function plan(channel: Pushed): void {
    if (ended) return;
    later(15_000 + random() * 45_000, () => {
      ill(channel);
      later(4_000 + random() * 20_000, () => {
        well(channel);
        plan(channel);
      });
    });
  }

  function later(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, ms);
    timers.add(timer);
  }

  function ill(channel: Pushed): void {
    const outage = { channel, from: Date.now(), to: Number.POSITIVE_INFINITY };
    running.set(channel, outage);
    outages.push(outage);
    if (channel === 'email') {
      const choices = [
        { hang: true },
        { refuse: 451 },
        { refuse: 421 },
        { cut: 'refused' },
        { cut: 'accepted' },
      ] as const;
      Object.assign(lab.mail, choices[Math.floor(random() * choices.length)]);
      return;
    }
    const withheld: Answer = (request, response) => {
      accepted.push(acceptedOf(channel, request, false));
      reset(request, response);
    };
    const busy = json(429, { ok: false, retry_after: 3, parameters: { retry_after: 3 } });
    const choices = [json(503, {}), json(500, {}), busy, reset, hang, stallBody, withheld];
    lab[channel].always = choices[Math.floor(random() * choices.length)] ?? hang;
  }

  function well(channel: Pushed): void {
    const outage = running.get(channel);
    if (outage) outage.to = Date.now();
    running.delete(channel);
    if (channel === 'email') Object.assign(lab.mail, { hang: false, refuse: null, cut: null });
    else lab[channel].always = null;
  }
}

/** The id that a message carries for machine and eye. */
function markOf(channel: 'discord' | 'telegram', body: Record<string, unknown>): { id: string; marked: boolean } {
  if (channel === 'discord') {
    const embeds = body['embeds'] as { footer: { text: string } }[];
    const [, id = '', repeat] = (embeds[0]?.footer.text ?? '').split(' · ');
    return { id, marked: repeat !== undefined };
  }
  const [, id = '', rest = ''] = /<code>([^<]*)<\/code>(.*)/.exec(String(body['text'])) ?? [];
  return { id, marked: rest.startsWith(' · ') };
}
