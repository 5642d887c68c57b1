/**
 * What the repositories use of a mongoose model. Mongoose's own types compute every path of every document for every
 * filter, which takes the compiler minutes; the schemas check the same at run time (`strict` and `strictQuery`).
 */
export interface Collection<T> {
  create(documents: readonly object[]): Promise<unknown>;
  insertMany(documents: readonly T[], options: { ordered: boolean }): Promise<unknown>;
  find(filter: Filter, projection?: Projection): Query<T[]>;
  findOne(filter: Filter, projection?: Projection): Query<T | null>;
  findById(id: string | number, projection?: Projection): Query<T | null>;
  aggregate<Plain>(stages: object[]): PromiseLike<Plain[]>;
  /** The document's `_id`, or null. */
  exists(filter: Filter): Promise<object | null>;
  /** By the server's own count, which may be wrong after it was killed. */
  estimatedDocumentCount(): PromiseLike<number>;
  updateOne(filter: Filter, update: Update, options?: { upsert?: boolean }): Promise<UpdateResult>;
  updateMany(filter: Filter, update: Update): Promise<UpdateResult>;
  deleteOne(filter: Filter): Promise<{ deletedCount: number }>;
  deleteMany(filter: Filter): Promise<{ deletedCount: number }>;
  createIndexes(): Promise<void>;
  schema: {
    indexes(): [keys: Record<string, 1 | -1>, options: { expireAfterSeconds?: number }][];
    /** `adhocOrUndefined` for what the schema does not name. */
    pathType(name: string): string;
  };
}

export type Filter = Record<string, unknown>;
export type Projection = Record<string, 0 | 1>;
export interface Update {
  $set?: object;
  $inc?: Record<string, number>;
  $push?: object;
  $pull?: object;
  $setOnInsert?: object;
}

export interface UpdateResult {
  matchedCount: number;
  modifiedCount: number;
  upsertedCount: number;
}

export interface Query<Result> {
  sort(order: Record<string, 1 | -1>): Query<Result>;
  limit(count: number): Query<Result>;
  /** Plain objects instead of mongoose documents. */
  lean<Plain = Result>(): LeanQuery<Plain>;
}

export interface LeanQuery<Result> extends Promise<Result> {
  /** Documents come so many at a time; others wait while one such lot is read. */
  cursor(options: { batchSize: number }): AsyncIterable<Result extends (infer Item)[] ? Item : never>;
}
