enum TensorPlaceholder {}
