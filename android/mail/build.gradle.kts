// The facade with the mail core for each processor. NOT RUN by the project's own checks: see ../app/README.md.
plugins {
    alias(libs.plugins.android.library)
}

val workspace = rootDir.parentFile
val generatedKotlin = workspace.resolve("target/bindings/kotlin-android")
val libraries = layout.buildDirectory.dir("cargo-libraries")
val leastSdk = libs.versions.minSdk.get()

android {
    namespace = "org.satchel.mail"
    compileSdk = libs.versions.compileSdk.get().toInt()
    ndkVersion = libs.versions.ndk.get()
    defaultConfig {
        minSdk = leastSdk.toInt()
        consumerProguardFiles("consumer-rules.pro")
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
    sourceSets.named("main") {
        kotlin.directories.add(generatedKotlin.path)
        jniLibs.directories.add(libraries.get().asFile.path)
    }
}

// Records and checks are generated from the library's own description; nothing generated is committed.
val cargoBindings =
    tasks.register<Exec>("cargoBindings") {
        workingDir = workspace
        commandLine("cargo", "xtask", "bindings")
    }

val cargoLibraries =
    tasks.register<Exec>("cargoLibraries") {
        workingDir = workspace
        // Said here too, for an older NDK: a phone with pages of 16 KiB loads nothing that was linked for 4.
        listOf("AARCH64", "X86_64").forEach { processor ->
            environment("CARGO_TARGET_${processor}_LINUX_ANDROID_RUSTFLAGS", "-Clink-arg=-Wl,-z,max-page-size=16384")
        }
        commandLine(
            listOf("cargo", "ndk", "--platform", leastSdk, "-t", "arm64-v8a", "-t", "x86_64") +
                listOf("-o", libraries.get().asFile.path, "build", "--release", "-p", "satchel-ffi"),
        )
    }

tasks.named("preBuild") { dependsOn(cargoBindings, cargoLibraries) }

dependencies {
    api(libs.coroutines.core)
    implementation(variantOf(libs.jna) { artifactType("aar") })
}
