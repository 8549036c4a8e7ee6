"""How an emulator of CLASS is made, in `stages`: a target's star of points and what an experiment
sees of it (`sensitivity`, `fisher`), the `design` around it, CLASS at its points (`runs`, kept in a
`folder`), `fit` and `accuracy`.
"""
