/** Accounts as an administrator sees them. */
import type { UserDocument } from '../../adapters/database/documents.js';
import { passwordProblems } from '../auth/chosenPassword.js';
import { hashPassword } from '../auth/passwords.js';
import type { ApiDependencies } from '../dependencies.js';
import { conflict, notFound, refuse } from '../http/problem.js';
import { defineRoute, type Route } from '../http/route.js';
import { accounts, common } from '../schemas/index.js';
import { createAccount, viewOfUser } from '../services/accounts.js';
import type { TradingService } from '../services/trading.js';

export function userRoutes(deps: ApiDependencies, trading: TradingService): Route[] {
  const { users, sessions, audit } = deps.repositories;

  const make = defineRoute({
    method: 'post',
    path: '/api/users',
    tag: 'Users',
    summary: 'Make an account; its address counts as verified',
    access: 'admin',
    signInOnly: true,
    body: accounts.newUser,
    answers: { 201: accounts.user },
    async handle({ user: actor, body, ip }) {
      const role = body.role === undefined || body.role === 'user' ? 'user' : 'admin';
      const { email, password, locale } = body;
      refuse(passwordProblems(deps.signInPolicy, password, email));
      const made = await createAccount(deps, trading, { email, password, temporaryPassword: true, role, locale });
      if (!made) throw conflict('There is an account with this address already.', 'EMAIL_TAKEN');
      const changes = { email: made.email, role };
      await audit.append({
        actorId: actor._id,
        userId: made._id,
        action: 'user.create',
        target: made._id,
        changes,
        ip,
      });
      return viewOfUser(made);
    },
  });

  const list = defineRoute({
    method: 'get',
    path: '/api/users',
    tag: 'Users',
    summary: 'All accounts',
    access: 'admin',
    answers: { 200: accounts.users },
    handle: async () => ({ items: (await users.list()).map(viewOfUser), nextCursor: null }),
  });

  const change = defineRoute({
    method: 'patch',
    path: '/api/users/:id',
    tag: 'Users',
    summary:
      'Change role, password or language, disable or enable; a disabled user is signed out, and their trading goes on',
    access: 'admin',
    signInOnly: true,
    params: common.idParams,
    body: accounts.userChange,
    answers: { 200: accounts.user },
    async handle({ user: actor, params, body, ip }) {
      const found = await users.get(params.id);
      if (!found) throw notFound('No such user.');
      const { password, ...rest } = body;
      if (found._id === actor._id && (rest.disabled || rest.role === 'user'))
        throw conflict('You cannot take your own account or role away.', 'OWN_ACCOUNT');
      refuse(passwordProblems(deps.signInPolicy, password, found.email));
      const fields: Partial<UserDocument> = { ...rest };
      if (password !== undefined) {
        fields.passwordHash = await hashPassword(password);
        fields.temporaryPassword = found._id !== actor._id;
      }
      await users.update(found._id, fields);
      // What was handed out under the old password or role ends.
      if (rest.disabled || password !== undefined) await sessions.removeAll(found._id, { tokens: true });
      const changes = { ...rest, ...(password === undefined ? {} : { passwordChanged: true }) };
      await audit.append({
        actorId: actor._id,
        userId: found._id,
        action: 'user.update',
        target: found._id,
        changes,
        ip,
      });
      return viewOfUser({ ...found, ...fields });
    },
  });

  return [make, list, change];
}
