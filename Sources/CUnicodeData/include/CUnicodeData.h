// Nothing to call: the object with ICU's data is linked in place of Foundation's. See scripts/trim-unicode-data.
