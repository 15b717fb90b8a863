// The app that is installed. NOT RUN by the project's own checks: see README.md.
plugins {
    alias(libs.plugins.android.application)
    alias(libs.plugins.kotlin.compose)
}

// The Java half of the certificate check has to be of the version that its Rust half was locked to.
val verifierVersion: String =
    providers
        .fileContents(layout.projectDirectory.file("../../Cargo.lock"))
        .asText
        .get()
        .substringAfter("name = \"rustls-platform-verifier-android\"\nversion = \"", "")
        .substringBefore('"')
        .ifEmpty { error("Cargo.lock does not name rustls-platform-verifier-android") }

android {
    namespace = "org.satchel.app"
    compileSdk = libs.versions.compileSdk.get().toInt()
    ndkVersion = libs.versions.ndk.get()
    defaultConfig {
        applicationId = "org.satchel.app"
        minSdk = libs.versions.minSdk.get().toInt()
        targetSdk = libs.versions.targetSdk.get().toInt()
        versionCode = 1
        versionName = "0.0.1"
        ndk { abiFilters += listOf("arm64-v8a", "x86_64") }
    }
    buildFeatures { compose = true }
    buildTypes {
        release {
            isMinifyEnabled = true
            isShrinkResources = true
            proguardFiles(getDefaultProguardFile("proguard-android-optimize.txt"))
        }
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
    // What names R or Compose stands apart: only this build has them.
    sourceSets.named("main") { kotlin.directories.add("src/phone/kotlin") }
}

dependencies {
    implementation(project(":ui"))
    implementation(libs.activity.compose)
    implementation(libs.coroutines.android)
    implementation("org.rustls:rustls-platform-verifier:$verifierVersion")
}
