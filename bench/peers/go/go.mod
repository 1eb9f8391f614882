module github.com/brisk-runtime/brisk/bench/peers/go

go 1.24.0

require (
	github.com/brisk-runtime/brisk/bindings/go v0.0.0
	github.com/hashicorp/golang-lru/v2 v2.0.7
	github.com/maypok86/otter/v2 v2.4.0
)

replace github.com/brisk-runtime/brisk/bindings/go => ../../../bindings/go
