import { Checkbox, type CheckboxProps, Switch, type SwitchProps } from '@mantine/core';
import { type ReactNode, useId } from 'react';

/**
 * A switch or a checkbox with its explanation below, outside of the label: the control's name stays short for those
 * who hear it, and for scripts that look for it.
 */
export function DescribedSwitch({ help, ...props }: SwitchProps & { help: ReactNode }) {
  const id = useId();
  return (
    <div>
      <Switch {...props} aria-describedby={id} />
      <p id={id} className="help-below dim small">
        {help}
      </p>
    </div>
  );
}

export function DescribedCheckbox({ help, ...props }: CheckboxProps & { help: ReactNode }) {
  const id = useId();
  return (
    <div>
      <Checkbox {...props} aria-describedby={id} />
      <p id={id} className="help-below dim small">
        {help}
      </p>
    </div>
  );
}
