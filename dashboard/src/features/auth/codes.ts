/** Room for a recovery code with its dashes; an authenticator's code has six digits. */
export const CODE_LENGTH = 40;

/** Whether this can be a code: six digits, or a recovery code of 28 hexadecimal digits (16 before), spaced as one likes. */
export const mayBeCode = (typed: string): boolean =>
  /^(\d{6}|[0-9a-f]{16}|[0-9a-f]{28})$/i.test(typed.replaceAll(/[\s-]/g, ''));
