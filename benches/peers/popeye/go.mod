module kubectl-sts.io/peers/popeye

go 1.26.0

require github.com/derailed/popeye v0.22.1
