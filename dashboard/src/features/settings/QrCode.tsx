import qrcode from 'qrcode-generator';
import { useMemo } from 'react';

/** A QR code drawn in the page itself: the secret in it never leaves the browser. */
export default function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => {
    const code = qrcode(0, 'M');
    code.addData(text);
    code.make();
    const modules = code.getModuleCount();
    const squares: string[] = [];
    for (let row = 0; row < modules; row++)
      for (let column = 0; column < modules; column++)
        if (code.isDark(row, column)) squares.push(`M${column + 2} ${row + 2}h1v1h-1z`);
    return { size: modules + 4, path: squares.join('') };
  }, [text]);
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      width={190}
      height={190}
      role="img"
      aria-label={label}
      style={{ background: '#fff', borderRadius: 8 }}
    >
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}
