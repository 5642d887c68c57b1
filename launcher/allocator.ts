/**
 * For a process of many threads: glibc's allocator gives a pool to nearly each of them, and what one lets go no other has. Of
 * Temporal's core in the worker: 400 users took 850 to 876 MB with all pools, 704 with two.
 */
export const FEW_ARENAS = { MALLOC_ARENA_MAX: '2' };
