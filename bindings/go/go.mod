module github.com/brisk-runtime/brisk/bindings/go

go 1.24
