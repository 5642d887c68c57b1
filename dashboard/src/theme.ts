import { createTheme } from '@mantine/core';

/**
 * Only behaviour; colours and sizes are CSS variables in styles.css. `lockScroll` is off because the library locks
 * scrolling with an injected <style>, which the Content-Security-Policy refuses. Components are named, not imported:
 * the first page does not carry those that only the settings use.
 */
export const theme = createTheme({
  primaryColor: 'indigo',
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Modal: {
      defaultProps: { lockScroll: false, centered: true, radius: 'lg', overlayProps: { backgroundOpacity: 0.6 } },
    },
    TextInput: { defaultProps: { size: 'sm' } },
    NumberInput: { defaultProps: { size: 'sm', clampBehavior: 'none', hideControls: true } },
    Select: { defaultProps: { size: 'sm', allowDeselect: false } },
  },
});
