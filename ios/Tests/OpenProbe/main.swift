import Satchel

print(Satchel.self)
