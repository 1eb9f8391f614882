"""The generator of everything that bindings/abi/spec describes; its entry point is gen.py."""
