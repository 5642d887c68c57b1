"""Trains the folds of bench/learning.ts with LightGBM, one thread, the same trees and leaves. Prints one JSON line."""
import json
import sys
import time

import lightgbm
import numpy

job = json.load(open(sys.argv[1]))
X = numpy.fromfile(job["values"], numpy.float32).reshape(job["rows"], job["width"])
y = numpy.fromfile(job["labels"], numpy.uint8)
params = dict(
    objective="binary", num_leaves=job["leaves"], learning_rate=job["learningRate"], max_bin=job["maxBins"],
    min_data_in_leaf=job["minLeafRows"], min_sum_hessian_in_leaf=0, lambda_l2=job["lambda"], num_threads=1,
    verbose=-1, seed=1,
)
wall, cpu = time.perf_counter(), time.process_time()
losses = []
for fold in job["folds"]:
    a, b = fold["train"]["from"], fold["train"]["to"]
    model = lightgbm.train(params, lightgbm.Dataset(X[a:b], y[a:b]), job["trees"])
    losses.append(model)
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
total = 0.0
for model, fold in zip(losses, job["folds"]):
    a, b = fold["test"]["from"], fold["test"]["to"]
    z = model.predict(X[a:b], raw_score=True)
    total += float(numpy.mean(numpy.log1p(numpy.exp(numpy.where(y[a:b] > 0, -z, z)))))
print(json.dumps(dict(version=lightgbm.__version__, seconds=wall, cpuSeconds=cpu, testLogLoss=total / len(losses))))
