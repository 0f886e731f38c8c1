return syntax error
