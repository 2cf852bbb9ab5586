{
  # Headers of Node come from node-gyp's --nodedir (scripts/build-native finds it); CMakeLists.txt builds the same globs.
  "target_defaults": {
    "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
    "defines": [
      "NAPI_VERSION=9",
      "NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS",
      # Without it a worker that is terminated during a call takes the process with it.
      "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"
    ],
    "cflags_cc": [
      "-std=c++17",
      "-fno-exceptions",
      "-fno-rtti",
      "-fvisibility=hidden",
      "-Wall",
      "-Wextra",
      "-Werror"
    ]
  },
  "targets": [
    {
      "target_name": "iptc",
      "sources": ["<!@(ls native/core/*.cc native/core/iptc/*.cc native/addon/*.cc native/addon/iptc/*.cc)"],
      "cflags_cc": ["<!@(pkg-config --cflags libip4tc libip6tc)"],
      "libraries": ["<!@(pkg-config --libs libip4tc libip6tc)"]
    },
    {
      "target_name": "netlink",
      "sources": ["<!@(ls native/core/*.cc native/core/netlink/*.cc native/addon/*.cc native/addon/netlink/*.cc)"],
      # Its threads may outlive the worker that loaded it.
      "ldflags": ["-Wl,-z,nodelete"]
    },
    {
      # A program, static: it outlives the package that it came with, and what libraries it would need.
      "target_name": "rampart-guard",
      "type": "executable",
      "product_extension": "",
      "sources": ["<!@(ls native/core/*.cc native/core/netlink/*.cc native/guard/*.cc)"],
      "ldflags!": ["-rdynamic"],
      "ldflags": ["-static", "-Wl,--gc-sections"]
    }
  ]
}
