// Written by scripts/trim-unicode-data: see there.
// 6175b6147ac113e77619e8874fe642f89b5ad1d4151a172ed19d42c60f938dad
#if defined(__ELF__)
    .section .rodata.icudt76_dat, "a"
    .globl icudt76_dat
    .balign 16
    .type icudt76_dat, %object
icudt76_dat:
    .incbin "icudt76l.dat"
    .size icudt76_dat, . - icudt76_dat
    .section .note.GNU-stack, "", %progbits
#endif
