#!/bin/bash
# Compiles the screens against the phone's own Compose and Android 15: what would not compile on a phone is found here.
# Nothing is run: there is no phone. Needs Java and Maven, and the bindings (cargo xtask bindings).
#   SATCHEL_MAVEN_REPO   local repository (Maven's own if unset)
#   SATCHEL_BINDINGS     what `cargo xtask bindings` made (target/bindings if unset)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
android=$here/../..
bindings=${SATCHEL_BINDINGS:-$android/../target/bindings}
target=$here/target
repository=${SATCHEL_MAVEN_REPO:+-Dmaven.repo.local=$SATCHEL_MAVEN_REPO}

fetch() { mvn -B -ntp -q "$@" ${repository:+"$repository"} -f "$here/pom.xml" initialize; }
fetch -o >/dev/null 2>&1 || fetch

rm -rf "$target/classes" "$target/phone"
mkdir -p "$target/classes" "$target/phone"
for part in "$target"/parts/*.aar; do
  unzip -qop "$part" classes.jar > "$target/phone/$(basename "$part" .aar).jar"
done
joined() { local IFS=:; echo "$*"; }
plugin=$target/compiler/kotlin-compose-compiler-plugin-embeddable.jar
compiler=$(joined "$target"/compiler/kotlin-[!c]*.jar "$target"/compiler/kotlin-compiler-embeddable.jar \
  "$target"/compiler/kotlinx-*.jar "$target"/compiler/annotations.jar)
phone=$(joined "$target"/phone/*.jar "$target"/parts/*.jar)

# The facade is compiled with the screens: it has to fit the phone too. Of the generated code, the plain variant does.
java -Xmx1500m -cp "$compiler" org.jetbrains.kotlin.cli.jvm.K2JVMCompiler \
  -no-stdlib -no-reflect -jvm-target 17 -nowarn "-Xplugin=$plugin" -cp "$phone" -d "$target/classes" \
  "$bindings/kotlin" "$android/mail/src/main/kotlin" "$android/ui/src/main/kotlin" "$android/ui/src/samples/kotlin"

classes=$(find "$target/classes/org/satchel/ui" -name '*.class' | wc -l)
[ "$classes" -gt 100 ] || { echo "only $classes classes came out" >&2; exit 1; }
echo "the screens compile against the phone's Compose: $classes classes"
