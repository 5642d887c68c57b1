import { useMantineColorScheme } from '@mantine/core';
import { useMemo } from 'react';

/** The page's colours as values, for charts that draw on a canvas; new when the scheme changes. */
export function useColours() {
  const { colorScheme } = useMantineColorScheme();
  return useMemo(() => {
    const style = getComputedStyle(document.documentElement);
    const of = (name: string) => style.getPropertyValue(`--${name}`).trim();
    const scheme = colorScheme;
    return {
      scheme,
      text: of('text'),
      dim: of('dim'),
      border: of('border'),
      surface: of('surface'),
      accent: of('accent'),
      up: of('up'),
      down: of('down'),
      warn: of('warn'),
      font: of('font'),
    };
  }, [colorScheme]);
}
export type Colours = ReturnType<typeof useColours>;
