module kubectl-sts.io/peers/kor

go 1.26.0

require github.com/yonahd/kor v0.6.8
