local shell, equal = require("execlua.shellescape"), require("execlua.table").equal
print(shell.quote("plain-word_1.2/x:y@z,+"), shell.quote(""), shell.quote("a b"), shell.quote("it's"), shell.quote("$HOME;x"), shell.quote("~")) --> plain-word_1.2/x:y@z,+	''	'a b'	'it'\''s'	'$HOME;x'	'~'
print(shell.join { "echo", "a b", 1 }) --> echo 'a b' 1
print(table.concat(shell.split([[run  --name="my box" 'a b'c d\ e "x\"y\z" "" # no comment]]), "|")) --> run|--name=my box|a bc|d e|x"y\z||#|no|comment
print(#shell.split(" \n "), #shell.split("''"), shell.split("a\\\nb")[1]) --> 0	1	ab
local words = { "", " ", "'", '"', "\\", "\n", "a'b\"c", "$x", "*", "é", "-n", "a\\" }
print(equal(shell.split(shell.join(words)), words)) --> true
---
require("execlua.shellescape").split("it's") --! shellescape: the line ends inside of a quote (')
---
require("execlua.shellescape").split("a\\") --! shellescape: the line ends after a backslash
---
require("execlua.shellescape").quote("a\0b") --! text: a byte of zero
---
require("execlua.shellescape").join { "a", "\0" } --! words[2]: a byte of zero
