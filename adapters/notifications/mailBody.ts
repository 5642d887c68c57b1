import { TEXTS } from '../../trading/notifications/index.js';
import type { Outgoing } from './channel.js';
import { dashboardLink } from './links.js';
import { MARKS } from './marks.js';
import { escapeHtml } from './telegram.js';

type Content = Pick<Outgoing, 'message' | 'locale'>;

/** The mail as plain text. */
export function textMail({ message, locale }: Content, publicUrl?: string): string {
  const { footer } = TEXTS[locale];
  const link = dashboardLink(publicUrl);
  const settings = dashboardLink(publicUrl, '/settings/notifications');
  const facts = message.facts.map(({ label, value }) => `${label}: ${value}`);
  const end = [
    link ? `${footer.open}: ${link}` : '',
    '-- ',
    footer.why,
    settings ? `${footer.unsubscribe}: ${settings}` : '',
  ];
  return [message.title, '', message.summary, '', ...facts, '', message.time, '', ...end]
    .filter((line, i, all) => line !== '' || all[i - 1] !== '')
    .join('\n');
}

/**
 * The mail as HTML: tables and inlined styles, for that is what mail programs draw; colours that hold when a program
 * turns the page dark, and a style of its own for those that ask.
 */
export function htmlMail({ message, locale }: Content, publicUrl?: string): string {
  const { footer } = TEXTS[locale];
  const { color } = MARKS[message.severity];
  const link = dashboardLink(publicUrl);
  const settings = dashboardLink(publicUrl, '/settings/notifications');
  const rows = message.facts.map(row).join('');
  const button = link
    ? `<p style="margin:24px 0 0"><a href="${escapeHtml(link)}" style="display:inline-block;padding:10px 20px;border-radius:6px;background:${color};color:#ffffff;text-decoration:none;font-weight:600">${escapeHtml(footer.open)}</a></p>`
    : '';
  const change = settings
    ? ` <a href="${escapeHtml(settings)}" class="muted" style="color:#6b7280">${escapeHtml(footer.unsubscribe)}</a>`
    : '';
  return `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(message.title)}</title>
<style>
@media (prefers-color-scheme: dark) {
  .page { background: #111418 !important; }
  .card { background: #1c2127 !important; }
  .text { color: #e9ecef !important; }
  .muted { color: #9aa4ae !important; }
  .line { border-color: #343b43 !important; }
}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f3f4f6">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="background:#f3f4f6;padding:24px 12px"><tr><td align="center">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;background:#ffffff;border-radius:10px;border-top:4px solid ${color};font-family:-apple-system,'Segoe UI',Roboto,'Apple SD Gothic Neo','Malgun Gothic',sans-serif">
<tr><td style="padding:28px 28px 20px">
<h1 class="text" style="margin:0 0 8px;font-size:20px;line-height:1.35;color:#111827">${escapeHtml(message.title)}</h1>
<p class="text" style="margin:0 0 20px;font-size:15px;line-height:1.55;color:#374151">${escapeHtml(message.summary)}</p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0">${rows}</table>
${button}
<p class="muted" style="margin:24px 0 0;font-size:12px;line-height:1.5;color:#6b7280">${escapeHtml(message.time)}<br>${escapeHtml(footer.why)}${change}</p>
</td></tr></table>
</td></tr></table>
</body>
</html>
`;
}

function row({ label, value }: { label: string; value: string }): string {
  const cell = 'padding:7px 0;border-top:1px solid #e5e7eb;font-size:14px;line-height:1.4;vertical-align:top';
  return `<tr><td class="muted line" style="${cell};color:#6b7280;padding-right:16px">${escapeHtml(label)}</td><td class="text line" align="right" style="${cell};color:#111827;font-weight:600;word-break:break-word">${escapeHtml(value)}</td></tr>`;
}
