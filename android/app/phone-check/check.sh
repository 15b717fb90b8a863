#!/bin/bash
# Compiles the whole app, the two files that Maven's tests leave out included, against the phone's own classes.
# Nothing is run: there is no phone. Run ui/android-check/check.sh first: its compiler, parts and screens are used.
#   SATCHEL_MAVEN_REPO   local repository (Maven's own if unset)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
app=$here/..
screens=$app/../ui/android-check/target
target=$here/target
repository=${SATCHEL_MAVEN_REPO:+-Dmaven.repo.local=$SATCHEL_MAVEN_REPO}
[ -d "$screens/classes/org/satchel/ui" ] || { echo "run ui/android-check/check.sh first" >&2; exit 1; }

fetch() { mvn -B -ntp -q "$@" ${repository:+"$repository"} -f "$here/pom.xml" initialize; }
fetch -o >/dev/null 2>&1 || fetch

rm -rf "$target/classes" "$target/phone"
mkdir -p "$target/classes" "$target/phone"
for part in "$target"/parts/*.aar; do
  unzip -qop "$part" classes.jar > "$target/phone/$(basename "$part" .aar).jar"
done

# What Android's tools make of the resources: a number for each name, so that a name that is not there is found.
names() { sed -nE "s/.*<$1 name=\"([a-z_]+)\".*/        const val \1 = 1/p" "$app/src/main/res/values/strings.xml"; }
drawables() { for file in "$app"/src/main/res/drawable/*; do echo "        const val $(basename "$file" .xml) = 1"; done; }
{
  echo "package org.satchel.app"
  echo "object R {"
  echo "    object string {"; names string; echo "    }"
  echo "    object plurals {"; names plurals; echo "    }"
  echo "    object drawable {"; drawables; echo "    }"
  echo "}"
} > "$target/R.kt"

joined() { local IFS=:; echo "$*"; }
plugin=$screens/compiler/kotlin-compose-compiler-plugin-embeddable.jar
compiler=$(joined "$screens"/compiler/kotlin-[!c]*.jar "$screens"/compiler/kotlin-compiler-embeddable.jar \
  "$screens"/compiler/kotlinx-*.jar "$screens"/compiler/annotations.jar)
phone=$(joined "$screens"/classes "$target"/phone/*.jar "$screens"/phone/*.jar "$screens"/parts/*.jar)

java -Xmx1500m -cp "$compiler" org.jetbrains.kotlin.cli.jvm.K2JVMCompiler \
  -no-stdlib -no-reflect -jvm-target 17 -nowarn "-Xplugin=$plugin" -cp "$phone" -d "$target/classes" \
  "$target/R.kt" "$app/src/main/kotlin" "$app/src/phone/kotlin"

[ -f "$target/classes/org/satchel/app/MainActivity.class" ] || { echo "no window came out" >&2; exit 1; }
echo "the app compiles against the phone's classes"
