#compdef execlua
# zsh completion for execlua; source it after compinit, or put it into the fpath as _execlua.
_execlua() {
    local line files
    local -a found
    for line in "${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
        if [[ $line == :files ]]; then
            files=yes
        elif [[ -n $line ]]; then
            found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
        fi
    done
    (( ${#found} )) && _describe execlua found
    [[ -n $files ]] && _files
    return 0
}
if [[ ${funcstack[1]} == _execlua ]]; then
    _execlua "$@"
else
    compdef _execlua execlua
fi
