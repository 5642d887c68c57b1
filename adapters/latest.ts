/**
 * Puts a value under a key as the latest one; where there are more than `most` then, the one that was put longest ago is
 * forgotten. A map that is put to whenever it is read from forgets by use.
 */
export function putLatest<Key, Value>(map: Map<Key, Value>, key: Key, value: Value, most: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > most) map.delete(map.keys().next().value!);
}
