#compdef divbase-cli
# Completion of divbase-cli for zsh.
_divbase_cli() {
    local -a found
    found=("${(@f)$("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    found=(${found:#})
    if (( ${#found} )); then
        compadd -a found
    else
        _files
    fi
}
if [ "$funcstack[1]" = "_divbase_cli" ] || [ "$funcstack[1]" = "_divbase-cli" ]; then
    _divbase_cli "$@"
else
    compdef _divbase_cli divbase-cli
fi
