/**
 * SecantusDB's program with changes; each is left out where a part that it needs is not there:
 *
 * - Without its sweep, which reads every document of the collections with a TTL index once a minute
 *   (adapters/database/expiry.ts removes by the index): the server takes that as a setting, its program does not hand it on.
 * - With the journal for writes across collections as for all others: 0.7.0b3 does not hand `j` on to them, so that kill -9
 *   took what was acknowledged (5 of 5 messages).
 * - It does not read at each message whether it is to be profiled, which took 7 % of its time.
 * - It reads a collection's options once a message, and its indexes once a statement that holds the collection, in place of
 *   up to eight times, each with every index decoded anew: a third of its time. Other threads' changes of the indexes wait
 *   for the same lock, and what the statement itself changes (an index's first list of values) is read again.
 * - It gives memory that it does not need back every ten seconds. glibc keeps what lies between what is needed: 20 of 115 MB
 *   after a quarter of an hour of 50 users' trading, and more from minute to minute; once a minute 12 of 147 after a week.
 */
export const BETTER_SECANTUS = `
import ctypes, functools, os, sys, threading, time
from secantus import cli, commands, storage
cli.SecantusDBServer = functools.partial(cli.SecantusDBServer, ttl_sweep_seconds=0)
def journaled(write, wanted):
    def run(doc, ctx):
        reply = write(doc, ctx)
        if wanted(doc):
            ctx.storage._session().log_flush('sync=on')
        return reply
    return run
if hasattr(commands, '_maybe_record_profile'):
    commands._maybe_record_profile = lambda *of: None
handlers = getattr(commands, '_HANDLERS', {})
if hasattr(commands, '_wants_journal') and 'bulkWrite' in handlers:
    handlers['bulkWrite'] = journaled(handlers['bulkWrite'], commands._wants_journal)

known = threading.local()
def knowing(name, work):
    @functools.wraps(work)
    def run(*of, **named):
        before = getattr(known, name, None)
        setattr(known, name, {})
        try:
            return work(*of, **named)
        finally:
            setattr(known, name, before)
    return run
def known_or_read(name, read):
    @functools.wraps(read)
    def run(self, db, coll):
        found = getattr(known, name, None)
        if found is None or getattr(self._tls, 'user_txn', None) is not None:
            return read(self, db, coll)
        if (db, coll) not in found:
            found[db, coll] = read(self, db, coll)
        return found[db, coll]
    return run
Storage = storage.Storage
STATEMENTS = ['_insert_chunk', '_update_matching_single_txn', 'find_matching']
if all(hasattr(Storage, name) for name in [*STATEMENTS, '_iter_indexes', '_coll_lock', '_maybe_mark_multikey']):
    read_indexes, lock, mark = Storage._iter_indexes, Storage._coll_lock, Storage._maybe_mark_multikey
    def forget():
        found = getattr(known, 'indexes', None)
        if found:
            found.clear()
    def locked(self, db, coll):
        forget()
        return lock(self, db, coll)
    def marked(self, db, coll, doc, indexes, already):
        before = len(already)
        now = mark(self, db, coll, doc, indexes, already)
        if len(now) > before:
            forget()
        return now
    Storage._iter_indexes = known_or_read('indexes', lambda *of: list(read_indexes(*of)))
    Storage._coll_lock, Storage._maybe_mark_multikey = locked, marked
    for name in STATEMENTS:
        setattr(Storage, name, knowing('indexes', getattr(Storage, name)))
if hasattr(Storage, 'get_collection_options'):
    options = known_or_read('options', Storage.get_collection_options)
    Storage.get_collection_options = lambda *of: dict(options(*of))
    for name in ['insert', 'update', 'find', 'bulkWrite', 'findAndModify', 'count', 'aggregate']:
        if name in handlers:
            handlers[name] = knowing('options', handlers[name])

def give_back():
    trim = getattr(ctypes.CDLL(None), 'malloc_trim', None)
    while trim:
        time.sleep(10)
        trim(0)
if os.name == 'posix':
    threading.Thread(target=give_back, daemon=True).start()
sys.argv[0] = 'secantusd-py'
sys.exit(cli.main())
`;
