# bash completion for execlua; source it.
_execlua() {
    local IFS=$'\n' line word=${COMP_WORDS[COMP_CWORD]} answers
    COMPREPLY=()
    answers=$("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
    [[ $word == "=" ]] && word=
    for line in $answers; do
        if [[ $line == :files ]]; then
            compopt -o filenames
            COMPREPLY+=($(compgen -f -- "$word"))
        else
            COMPREPLY+=("${line%%$'\t'*}")
        fi
    done
    [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
    return 0
}
complete -F _execlua execlua
