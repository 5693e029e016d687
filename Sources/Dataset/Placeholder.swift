enum DatasetPlaceholder {}
