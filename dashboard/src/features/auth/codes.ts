/** Room for a recovery code with its dashes; an authenticator's code has six digits. */
export const CODE_LENGTH = 24;

/** Whether this can be a code: six digits, or a recovery code of sixteen hexadecimal digits, spaced as one likes. */
export const mayBeCode = (typed: string): boolean => /^(\d{6}|[0-9a-f]{16})$/i.test(typed.replaceAll(/[\s-]/g, ''));
