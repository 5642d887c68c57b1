import { type ReactNode, useId } from 'react';

interface PanelProps {
  title: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
}

/** A titled region of a page. */
export function Panel({ title, aside, children }: PanelProps) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {aside && <div className="row">{aside}</div>}
      </header>
      {children}
    </section>
  );
}

interface StatProps {
  label: string;
  value: ReactNode;
  note?: ReactNode;
  tone?: string;
}

/** One figure with its name; use inside <dl className="grid small-cells">. */
export function Stat({ label, value, note, tone }: StatProps) {
  return (
    <div className="stat">
      <dt>{label}</dt>
      <dd className={tone}>{value}</dd>
      {note !== undefined && <dd className="note">{note}</dd>}
    </div>
  );
}

/** A page's heading with its actions. */
export function PageTitle({ title, text, children }: { title: string; text?: string; children?: ReactNode }) {
  return (
    <div className="row between">
      <div>
        <h1>{title}</h1>
        {text && <p className="dim small">{text}</p>}
      </div>
      {children && <div className="row">{children}</div>}
    </div>
  );
}
