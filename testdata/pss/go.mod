// The fixtures of Pod Security Admission, which the tests of cmd/holdfast judge.
module pss

go 1.26.8

require k8s.io/pod-security-admission v0.37.2
