import { createTheme, Modal, NumberInput, Select, Table, TextInput } from '@mantine/core';

/**
 * Only behaviour; colours and sizes are CSS variables in styles.css. `lockScroll` is off because the library locks
 * scrolling with an injected <style>, which the Content-Security-Policy refuses.
 */
export const theme = createTheme({
  primaryColor: 'indigo',
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Modal: Modal.extend({
      defaultProps: { lockScroll: false, centered: true, radius: 'lg', overlayProps: { backgroundOpacity: 0.6 } },
    }),
    TextInput: TextInput.extend({ defaultProps: { size: 'sm' } }),
    NumberInput: NumberInput.extend({ defaultProps: { size: 'sm', clampBehavior: 'none', hideControls: true } }),
    Select: Select.extend({ defaultProps: { size: 'sm', allowDeselect: false } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 6 } }),
  },
});
