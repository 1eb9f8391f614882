module together

go 1.24

require github.com/brisk-runtime/brisk/bindings/go v0.0.0

replace github.com/brisk-runtime/brisk/bindings/go => ../../../../bindings/go
