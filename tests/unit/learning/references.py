import numpy as np, json, lightgbm as lgb, sklearn
from sklearn.isotonic import IsotonicRegression
from sklearn.calibration import _sigmoid_calibration
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score, brier_score_loss
rng=np.random.default_rng(7); n=600
X=rng.integers(0,30,size=(n,4)).astype(float)
z=-1+0.15*(X[:,0]-15)+0.9*((X[:,1]>12)&(X[:,2]<18))-0.004*(X[:,3]-15)**2/3
y=(rng.random(n)<1/(1+np.exp(-z))).astype(int)
m=lgb.train(dict(objective='binary',num_leaves=7,learning_rate=.1,min_data_in_leaf=1,min_sum_hessian_in_leaf=0,lambda_l2=5,max_bin=255,min_data_in_bin=1,verbose=-1,num_threads=1,boost_from_average=True,feature_pre_filter=False),lgb.Dataset(X,y),20)
lg=m.predict(X,raw_score=True,num_iteration=4)
loss=float(np.mean(np.log1p(np.exp(np.where(y>0,-1,1)*m.predict(X,raw_score=True)))))
Z=(X-X.mean(0))/X.std(0)
lr=LogisticRegression(C=.5,tol=1e-12,max_iter=1000).fit(Z,y)
s=np.round(lr.decision_function(Z)*0.7+0.3,6)
iso=IsotonicRegression(out_of_bounds='clip').fit(s,y)
q=np.linspace(-4,4,41)
a,b=_sigmoid_calibration(s,y)
p=np.round(1/(1+np.exp(-s)),2)
fx=dict(source=f'scikit-learn {sklearn.__version__}, LightGBM {lgb.__version__}',X=X.astype(int).tolist(),y=y.tolist(),
 lightgbm=dict(fourTrees=[round(v,8) for v in lg.tolist()],lossOf20=loss),
 logistic=dict(penalty=2,weights=lr.coef_[0].tolist(),intercept=float(lr.intercept_[0])),
 scores=s.tolist(),isotonic=dict(at=q.tolist(),values=iso.predict(q).tolist()),platt=dict(slope=-a,intercept=-b),
 rounded=p.tolist(),auc=roc_auc_score(y,p),brier=brier_score_loss(y,p))
json.dump(fx,open('references.json','w'),separators=(',',':'))
